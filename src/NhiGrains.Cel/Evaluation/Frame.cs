namespace NhiGrains.Cel.Evaluation;

/// <summary>A part of an expression, compiled.</summary>
internal delegate CelValue Node(Frame frame);

/// <summary>What one evaluation has: the attributes, the variables of macros, and the cost so far.</summary>
internal sealed class Frame(IReadOnlyDictionary<string, CelValue> attributes, int locals, CelLimits limits)
{
    public IReadOnlyDictionary<string, CelValue> Attributes => attributes;

    public CelValue[] Locals { get; } = locals == 0 ? [] : new CelValue[locals];

    public CelLimits Limits => limits;

    public long Cost { get; private set; }

    /// <summary>Counts the cost; false if it is now above the limit, and the evaluation has to end with <see cref="Exceeded"/>.</summary>
    public bool Charge(long cost) => (Cost = Costs.Sum(Cost, cost)) <= limits.MaxCost;

    public CelValue Exceeded() =>
        Errors.Of(CelErrorKind.CostExceeded, $"The evaluation was stopped at its limit of cost, {limits.MaxCost}.");
}
