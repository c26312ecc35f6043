// Reads the chat template of a tokenizer_config.json. How it is rendered, and which there are besides, is not
// for tokenizers to know: see engine/data/chat-templates.ts.

/** The template in `chat_template`: a text, or of several by name the one called "default"; null without one. */
export function findChatTemplate(config: Readonly<Record<string, unknown>> | undefined): string | null {
  const value = config?.['chat_template'];
  if (typeof value === 'string') return value === '' ? null : value;
  if (!Array.isArray(value)) return null;
  const entries = (value as unknown[]).filter(
    (entry): entry is { name?: unknown; template: string } =>
      typeof entry === 'object' &&
      entry !== null &&
      'template' in entry &&
      typeof entry.template === 'string',
  );
  return (entries.find(({ name }) => name === 'default') ?? entries[0])?.template ?? null;
}
