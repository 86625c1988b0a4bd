namespace NhiGrains.Platforms;

/// <summary>What connectors' options check alike.</summary>
public static class OptionRanges
{
    /// <returns>That the value is not in its range, in a sentence; null when it is.</returns>
    public static string? Outside(string name, TimeSpan value, TimeSpan from, TimeSpan to) =>
        value < from || value > to ? $"{name} is {value} and has to be from {from} to {to}." : null;
}
