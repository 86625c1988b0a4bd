using NhiGrains.Cel.Evaluation;

namespace NhiGrains.Cel;

/// <summary>A checked and compiled expression. Immutable: any number of threads can evaluate it at once.</summary>
public sealed class CelProgram
{
    private readonly Node _node;
    private readonly int _locals;
    private readonly CelLimits _limits;

    internal CelProgram(Node node, int locals, CelLimits limits, CelType type, long estimatedCost) =>
        (_node, _locals, _limits, Type, EstimatedCost) = (node, locals, limits, type, estimatedCost);

    /// <summary>The type that the checker found.</summary>
    public CelType Type { get; }

    /// <summary>
    /// What an evaluation costs at most if the attributes keep to their declared or assumed sizes: one for each step, and one more
    /// for each ten characters, octets or elements that a function reads.
    /// </summary>
    public long EstimatedCost { get; }

    /// <summary>
    /// Evaluates. The same attributes give the same result, error and cost included; no attribute is looked up that the result
    /// does not need. Nothing is thrown for any input.
    /// </summary>
    public CelResult Evaluate(IReadOnlyDictionary<string, CelValue> attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        var frame = new Frame(attributes, _locals, _limits);
        var value = _node(frame);
        return value.IsError ? new(default, value.AsError, frame.Cost) : new(value, Error: null, frame.Cost);
    }
}
