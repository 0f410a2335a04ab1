// The gateway's log on standard output: a line an event, as a sentence for a person or as JSON for a program.

export interface Log {
  (event: string, sentence: string, fields?: Record<string, unknown>): void;
}

export function openLog(isJson: boolean): Log {
  return (event, sentence, fields = {}) => {
    if (isJson) console.log(JSON.stringify({ at: Date.now(), event, ...fields }));
    else console.log(`${new Date().toISOString()} ${sentence}`);
  };
}
