// As Measured.cs does it: warm up, each call by itself, then a loop by the wall clock and by the time that the core was ours.
export function measure(inputs, calls, seconds, call) {
  const busy = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
  const warm = busy() + Math.min(1, seconds / 4);
  let once = 0;
  for (let n = 0; n === 0 || busy() < warm; n++) {
    const start = performance.now();
    call(inputs[n % inputs.length]);
    once = (performance.now() - start) / 1000;
  }
  // What is too slow for that many calls is called for as long as there is time.
  const many = Math.max(10, Math.min(calls, Math.floor(seconds / 2 / once)));
  const times = new Float64Array(many);
  for (let n = 0; n < many; n++) {
    const start = performance.now();
    call(inputs[n % inputs.length]);
    times[n] = (performance.now() - start) * 1000;
  }
  const [wall, core] = [performance.now(), busy()];
  for (let n = 0; n < many; n++) call(inputs[n % inputs.length]);
  const [elapsed, used] = [(performance.now() - wall) / 1000, busy() - core];
  times.sort();
  const at = (share) => times[Math.ceil(share * many) - 1];
  return { p50: at(0.5), p99: at(0.99), perSecond: many / elapsed, perCoreSecond: many / used, bytes: null, calls: many };
}
