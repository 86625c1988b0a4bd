using Orleans.Serialization.Cloning;

namespace NhiGrains.Grains;

/// <summary>
/// Values of Domain and Contracts cannot change, so a call within a silo hands over the value itself. Copying each one through
/// JSON was a tenth of the processor time of a revocation.
/// </summary>
internal sealed class SharedCopies : IGeneralizedCopier
{
    public bool IsSupportedType(Type type) => Values.Are(type);

    public object? DeepCopy(object? input, CopyContext context) => input;
}

/// <summary>The types that travel and are stored as JSON.</summary>
internal static class Values
{
    public static bool Are(Type type) => type.Namespace is { } name
        && (name.StartsWith("NhiGrains.Domain", StringComparison.Ordinal) || name.StartsWith("NhiGrains.Contracts", StringComparison.Ordinal));
}
