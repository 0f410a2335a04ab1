// One definition of a mail, rendered as text and as HTML. No images, no styles from elsewhere, nothing unescaped.

export interface MailContent {
  subject: string;
  paragraphs: string[];
  /** What the reader is asked to do. */
  link?: { label: string; url: string };
  /** Below the link. */
  closing: string;
  /** At the very end. */
  closingLink?: { label: string; url: string };
}

export function asText({ paragraphs, link, closing, closingLink }: MailContent): string {
  const shown = (one: MailContent["link"]) => (one ? [`${one.label}:\n${one.url}`] : []);
  const parts = [...paragraphs, ...shown(link), closing, ...shown(closingLink)];
  return `${parts.map(wrapped).join("\n\n")}\n`;
}

export function asHtml({ subject, paragraphs, link, closing, closingLink }: MailContent): string {
  const url = escaped(link?.url ?? "");
  const parts = [
    ...paragraphs.map((text) => `<p>${escaped(text)}</p>`),
    ...(link ? [`<p><a href="${url}" style="${buttonStyle}">${escaped(link.label)}</a></p>`] : []),
    ...(link ? [`<p style="${smallStyle}">Or open this address:<br><a href="${url}">${url}</a></p>`] : []),
    `<p style="${smallStyle}">${escaped(closing)}</p>`,
    ...(closingLink
      ? [`<p style="${smallStyle}"><a href="${escaped(closingLink.url)}">${escaped(closingLink.label)}</a></p>`]
      : []),
  ];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(subject)}</title></head>
<body style="${bodyStyle}">
${parts.join("\n")}
</body>
</html>
`;
}

const bodyStyle = "margin:2em auto;padding:0 1em;max-width:36em;font:16px/1.5 sans-serif;color:#222;background:#fff";
const buttonStyle =
  "display:inline-block;padding:.6em 1.2em;border-radius:.4em;color:#fff;background:#0b5cad;text-decoration:none";
const smallStyle = "font-size:14px;color:#555;word-break:break-word";

/** Lines of at most this many characters, as mail in plain text is read best; longer words stay whole. */
const lineLength = 72;

function wrapped(paragraph: string): string {
  return paragraph
    .split("\n")
    .map((line) => {
      const lines = [""];
      for (const word of line.split(" ")) {
        const last = lines.at(-1) ?? "";
        if (last === "") lines[lines.length - 1] = word;
        else if (last.length + 1 + word.length <= lineLength) lines[lines.length - 1] = `${last} ${word}`;
        else lines.push(word);
      }
      return lines.join("\n");
    })
    .join("\n");
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
