namespace NhiGrains.Cel;

/// <summary>An attribute that expressions may use.</summary>
/// <param name="Name">A plain or dotted name, for example <c>identity.kind</c>.</param>
/// <param name="MaxSize">
/// For the estimate of the cost: characters (UTF-16) of a string, octets, or elements of a list or a map, on each level of the
/// value; null for <see cref="CelLimits.AssumedSize"/>. It is not enforced: the limit of the actual cost holds anyway.
/// </param>
public sealed record CelAttribute(string Name, CelType Type, int? MaxSize = null);
