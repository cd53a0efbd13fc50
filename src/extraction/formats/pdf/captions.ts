/** What the first words of a line say it is. Evidence beside its place, in the languages that statistics come in most. */
const CAPTION =
  /^(?:table|tab\.|tableau|tabelle|tabla|tabella|tabel|figure|fig\.|chart|graph|box|annex|exhibit|map|abbildung|grafik)\s*[\divxlc.:–-]/i;
export const isCaption = (text: string): boolean => CAPTION.test(text);

export const isFigure = (text: string): boolean =>
  /^(?:figure|fig\.|chart|graph|map|abbildung|grafik|gr[áa]fico|graphique)\s*[\divxlc.:–-]/i.test(text);

const NOTE =
  /^(?:source|sources|note|notes|footnote|remark|quelle|anmerkung|fuente|nota|fonte)\b|^(?:[*†‡§¹²³⁴⁵]|\(?\d{1,2}[).]|\(?[a-z]\))\s*\S+\s+\S+/i;
export const isNote = (text: string): boolean => NOTE.test(text);
