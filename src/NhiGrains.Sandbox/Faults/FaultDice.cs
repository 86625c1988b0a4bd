namespace NhiGrains.Sandbox.Faults;

/// <summary>The plan in force, and the dice; the same seed and order of requests give the same faults.</summary>
public sealed class FaultDice(int seed)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly long[] _rolled = new long[Enum.GetValues<SandboxFault>().Length];
    private FaultPlan _plan = FaultPlan.None;

    public FaultPlan Plan
    {
        get => Volatile.Read(ref _plan);
        set => Volatile.Write(ref _plan, value);
    }

    public SandboxFault Roll()
    {
        var plan = Plan;
        double rolled;
        lock (_lock)
            rolled = _random.NextDouble();
        var fault = Fault(plan, rolled);
        Interlocked.Increment(ref _rolled[(int)fault]);
        return fault;
    }

    /// <summary>How many requests had this fate so far.</summary>
    public long Rolled(SandboxFault fault) => Interlocked.Read(ref _rolled[(int)fault]);

    private static SandboxFault Fault(FaultPlan plan, double rolled) =>
        rolled < plan.Throttled ? SandboxFault.Throttled
        : rolled < plan.Throttled + (plan.ServerError / 2) ? SandboxFault.ServerError
        : rolled < plan.Throttled + plan.ServerError ? SandboxFault.Html
        : rolled < plan.Throttled + plan.ServerError + plan.TimeoutAfterSuccess ? SandboxFault.TimeoutAfterSuccess
        : SandboxFault.None;
}
