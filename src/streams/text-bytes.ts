/** The bytes of a text as JSON in UTF-8, or a little more: half of a pair counts as if it stood alone. */
export function textBytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x20 && unit < 0x80) {
      if (unit === 0x22 || unit === 0x5c) bytes++;
    } else if (unit < 0x20 || (unit >= 0xd800 && unit < 0xe000)) bytes += 5;
    else bytes += unit < 0x800 ? 1 : 2;
  }
  return bytes;
}

/** The same of names with their texts, and the quotes, colons and commas around. */
export function textsBytes(texts: Record<string, string>): number {
  let bytes = 0;
  for (const name in texts) bytes += textBytes(name) + textBytes(texts[name]!) + 6;
  return bytes;
}
