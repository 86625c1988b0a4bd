using Microsoft.Extensions.Time.Testing;
using NhiGrains.Platforms.Budgets;

namespace NhiGrains.Platforms.Tests.Budgets;

/// <summary>A platform that throttles, and clients that always want more than it gives, on a clock that the test moves.</summary>
internal sealed class ThrottlingPlatform(FakeTimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly Queue<(CallBudget Budget, DateTimeOffset At, bool Throttled)> _answers = new();
    private readonly Dictionary<CallBudget, List<ValueTask>> _waiting = [];
    private readonly Random _random = new(7);
    private double _tokens;

    /// <summary>Calls a second that it really takes; null: as many as come.</summary>
    public double? Limit { get; set; }

    /// <summary>Throttles this part of the calls however slowly they come.</summary>
    public double Whim { get; set; }

    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <returns>How many calls it carried out for each.</returns>
    public int[] Run(TimeSpan duration, params CallBudget[] budgets)
    {
        var done = new int[budgets.Length];
        foreach (var budget in budgets)
            _waiting.TryAdd(budget, []);
        for (var end = time.GetUtcNow() + duration; time.GetUtcNow() < end; time.Advance(Step))
        {
            _tokens = Math.Min(Limit ?? 0, _tokens + ((Limit ?? 0) * Step.TotalSeconds));
            // Now one comes first, and now the other.
            foreach (var one in Enumerable.Range(0, budgets.Length).OrderBy(_ => _random.Next()))
            {
                var waiting = _waiting[budgets[one]];
                waiting.RemoveAll(call => call.IsFaulted);
                while (waiting.Count < 20)
                    waiting.Add(budgets[one].WaitAsync(background: false, CancellationToken.None));
                foreach (var _ in Enumerable.Range(0, waiting.RemoveAll(call => call.IsCompletedSuccessfully)))
                {
                    var throttled = _random.NextDouble() < Whim || (Limit is not null && _tokens < 1);
                    (_tokens, done[one]) = throttled ? (_tokens, done[one]) : (_tokens - 1, done[one] + 1);
                    _answers.Enqueue((budgets[one], time.GetUtcNow() + Latency, throttled));
                }
            }

            while (_answers.TryPeek(out var answer) && answer.At <= time.GetUtcNow())
                Tell(_answers.Dequeue());
        }

        return done;
    }

    private static void Tell((CallBudget Budget, DateTimeOffset At, bool Throttled) answer)
    {
        if (answer.Throttled)
            answer.Budget.Throttled();
        else
            answer.Budget.Answered();
    }
}
