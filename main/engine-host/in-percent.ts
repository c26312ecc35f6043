// Thins out what is said of progress: work may report its share thousands of times, and nobody sees more than
// percents.

/** Passes on a share only when its percent has changed. */
export function inPercent(say: (value: number) => void): (share: number) => void {
  let last = -1;
  return (share) => {
    const percent = Math.floor(share * 100);
    if (percent === last) return;
    last = percent;
    say(percent / 100);
  };
}
