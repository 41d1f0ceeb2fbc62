/** A text in lower case, with every sigma spelled alike wherever it stands in a word. */
export function foldCase(text: string): string {
  // Lower case of a whole text gives a sigma at the end of a word another form than one inside.
  return text.toLowerCase().replaceAll('ς', 'σ');
}
