/** What is known of bytes when all of them have passed. */
export interface TextSurvey {
  /** Line feeds and carriage returns: there are at most so many lines, and one more. */
  breaks: number;
  isUtf8: boolean;
}

/** Looks at bytes that pass in pieces. */
export class TextSurveyor {
  private breaks = 0;
  private decoder: TextDecoder | null = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

  see(bytes: Uint8Array): void {
    for (const byte of bytes) if (byte === 0x0a || byte === 0x0d) this.breaks++;
    this.decode(bytes, true);
  }

  end(): TextSurvey {
    this.decode(new Uint8Array(0), false);
    return { breaks: this.breaks, isUtf8: this.decoder !== null };
  }

  private decode(bytes: Uint8Array, stream: boolean): void {
    try {
      this.decoder?.decode(bytes, { stream });
    } catch {
      this.decoder = null;
    }
  }
}
