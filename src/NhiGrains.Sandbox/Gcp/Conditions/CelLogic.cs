using System.Globalization;
using System.Text.RegularExpressions;

namespace NhiGrains.Sandbox.Gcp.Conditions;

/// <summary>CEL's operators; null stands for an error.</summary>
internal static partial class CelLogic
{
    /// <summary>False on either side decides, whatever the other one is, be it an error.</summary>
    public static object? And(object? left, object? right) =>
        left is false || right is false ? false : left is true && right is true ? true : null;

    /// <summary>True on either side decides, whatever the other one is, be it an error.</summary>
    public static object? Or(object? left, object? right) =>
        left is true || right is true ? true : left is false && right is false ? false : null;

    public static object? Compare(string sign, object? left, object? right)
    {
        if (left is null || right is null)
            return null;
        var order = (left, right) switch
        {
            (string a, string b) => string.CompareOrdinal(a, b),
            (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
            (bool a, bool b) => a.CompareTo(b),
            _ => throw new InvalidOperationException("The parser lets only equal types be compared."),
        };
        return sign switch
        {
            "==" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    /// <summary>RFC 3339, with an offset or Z; null: an error when it is evaluated.</summary>
    public static object? ReadTime(string text) =>
        Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    [GeneratedRegex(
        @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rfc3339();
}
