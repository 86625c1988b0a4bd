using System.Diagnostics;

namespace NhiGrains.Bench.Policies;

/// <summary>What some thousand calls took.</summary>
/// <param name="P50">Microseconds by the wall clock, each call by itself.</param>
/// <param name="PerSecond">By the wall clock, in a loop.</param>
/// <param name="PerCoreSecond">By the time that the core was ours: what it would be if nobody else used the machine.</param>
/// <param name="Bytes">Allocated by a call; null when it cannot be told.</param>
internal sealed record Measured(double P50, double P99, double PerSecond, double PerCoreSecond, double? Bytes, int Calls)
{
    // Of the core, not of the clock: on a busy machine a second is much less.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Keeps what is measured from being left out.</summary>
    public static object? Kept { get; private set; }

    public static Measured Of<TInput, TResult>(TInput[] inputs, int calls, Func<TInput, TResult> call)
    {
        TResult last = call(inputs[0]);
        for (var until = Busy() + WarmUp; Busy() < until;)
        {
            foreach (var input in inputs)
                last = call(input);
        }

        var times = new long[calls];
        for (var n = 0; n < calls; n++)
        {
            var start = Stopwatch.GetTimestamp();
            last = call(inputs[n % inputs.Length]);
            times[n] = Stopwatch.GetTimestamp() - start;
        }

        var (before, busy, wall) = (GC.GetAllocatedBytesForCurrentThread(), Busy(), Stopwatch.GetTimestamp());
        for (var n = 0; n < calls; n++)
            last = call(inputs[n % inputs.Length]);
        var (seconds, core, bytes) = (Stopwatch.GetElapsedTime(wall).TotalSeconds, (Busy() - busy).TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - before);
        Kept = last;
        Array.Sort(times);
        return new(At(times, 0.50), At(times, 0.99), calls / seconds, calls / core, (double)bytes / calls, calls);
    }

    private static TimeSpan Busy() => Environment.CpuUsage.TotalTime;

    private static double At(long[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1] * 1e6 / Stopwatch.Frequency;
}
