namespace NhiGrains.Domain;

/// <summary>An expected 'no', as a value: what is wrong, where, and what to do about it.</summary>
/// <param name="Code">Stable and machine-readable, in upper snake case.</param>
/// <param name="Message">What is wrong, in one sentence, without secrets.</param>
/// <param name="Remedy">What the caller can do.</param>
/// <param name="Field">The path of the offending input, if one input is to blame.</param>
public sealed record Refusal(string Code, string Message, string Remedy, string? Field = null);

/// <summary>A value, or the reason why there is none.</summary>
public sealed record Result<T>
{
    private readonly T? _value;

    private Result(T? value, Refusal? refusal) => (_value, Refusal) = (value, refusal);

    public Refusal? Refusal { get; }

    public bool IsOk => Refusal is null;

    /// <exception cref="InvalidOperationException">There is no value: look at <see cref="Refusal"/> first.</exception>
    public T Value => Refusal is null
        ? _value! // Set by the only way to make a result without a refusal.
        : throw new InvalidOperationException($"No value: {Refusal.Code}: {Refusal.Message}");

    /// <summary>For a <typeparamref name="T"/> that is an interface, which C# converts implicitly to nothing.</summary>
    public static Result<T> Ok(T value) => new(value, refusal: null);

    public static implicit operator Result<T>(T value) => new(value, refusal: null);

    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);
}
