namespace NhiGrains.Cel;

/// <summary>What an evaluation gave.</summary>
/// <param name="Value">Of kind <see cref="CelKind.None"/> if there is an error.</param>
/// <param name="Error">Null if there is a value.</param>
/// <param name="Cost">What the evaluation cost, in the units of <see cref="CelProgram.EstimatedCost"/>.</param>
public readonly record struct CelResult(CelValue Value, CelError? Error, long Cost)
{
    public bool IsOk => Error is null;

    /// <summary>Whether the value is <c>true</c>: an error and any other value are not.</summary>
    public bool IsTrue => Value.IsTrue;
}
