// What of wrangler's output a person wants to see while the server runs: warnings, the Worker's own lines, and the mails it sent,
// which locally are files. Not a line per request, whose address may hold a token.

/** wrangler's colours. */
// oxlint-disable-next-line no-control-regex -- an escape character begins each of them
const colours = /\u001b\[[0-9;]*m/g;
const requestLine = /^\[wrangler:info\] (?:[A-Z]+ \S+ \d{3} .*\(\d+ms\)|Ready on .*)$/;
const mailBegins = /^\[wrangler:info\] send_email binding called/;

/** A report that goes on longer is none that this file knows: it is passed on as it is. */
const maxReportLines = 10;

/** Takes output as it comes, in pieces of any size, and passes on whole lines. */
export function readableOutput(pass: (text: string) => void): (text: string) => void {
  let rest = "";
  /** The lines of a mail's report, up to the one that names its HTML file; null outside of one. */
  let mail: string[] | null = null;

  function takeLine(line: string): void {
    const plain = line.replaceAll(colours, "");
    if (mailBegins.test(plain)) mail = [];
    else if (mail !== null) {
      mail.push(plain);
      const isWhole = plain.startsWith("HTML: ");
      if (!isWhole && mail.length < maxReportLines) return;
      pass(isWhole ? mailReport(mail) : `${mail.join("\n")}\n`);
      mail = null;
    } else if (!requestLine.test(plain)) pass(`${line}\n`);
  }

  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) takeLine(line);
  };
}

function mailReport(lines: string[]): string {
  const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
  return `Mail to ${field("To")}: ${field("Subject")}\n  text: ${field("Text")}\n  HTML: ${field("HTML")}\n`;
}
