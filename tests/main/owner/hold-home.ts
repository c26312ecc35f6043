// Run by connect.test.ts in a process of its own: owns a home until it is killed.

import { connectStudio } from '../../../main/owner/connect.ts';

const studio = await connectStudio(process.argv[2] ?? '');
process.stdout.write(studio.isOwner ? 'is owner\n' : 'is client\n');
setInterval(() => undefined, 60_000);
