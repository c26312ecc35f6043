// Stands in for the npm package `electron`, whose import would download Electron. A test of code that needs
// it says what it needs with vi.mock('electron', () => …).
throw new Error("Tests never load Electron: use vi.mock('electron', () => …) in this test.");
