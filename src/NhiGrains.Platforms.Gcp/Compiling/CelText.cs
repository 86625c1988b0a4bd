using System.Globalization;
using System.Text;

namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>The few expressions of Google's condition language (CEL) that are written here.</summary>
internal static class CelText
{
    /// <summary>
    /// For access without an end: Google wants an expression where there is a condition, and the condition carries our marker. It has
    /// been true since before there was anything to give, and pretends no end.
    /// </summary>
    public const string Standing = "request.time >= timestamp(\"2000-01-01T00:00:00.000Z\")";

    public static string NameIs(string name) => $"resource.name == {Quoted(name)}";

    public static string NameStartsWith(string prefix) => $"resource.name.startsWith({Quoted(prefix)})";

    public static string ListsBelow(string prefix) => $"api.getAttribute(\"storage.googleapis.com/objectListPrefix\", \"\").startsWith({Quoted(prefix)})";

    /// <summary>From the first full millisecond of it, so never earlier.</summary>
    public static string From(DateTimeOffset start) => $"request.time >= timestamp(\"{Instant(start.AddTicks(TimeSpan.TicksPerMillisecond - 1))}\")";

    /// <summary>Until the last full millisecond before it, so never later.</summary>
    public static string Until(DateTimeOffset end) => $"request.time < timestamp(\"{Instant(end)}\")";

    public static string Any(IReadOnlyList<string> tests) => tests is [var only] ? only : $"({string.Join(" || ", tests)})";

    public static string All(IEnumerable<string> tests) => string.Join(" && ", tests);

    /// <summary>A string literal: nothing in the text can end it.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            if (character is '"' or '\\')
                quoted.Append('\\').Append(character);
            else if (char.IsControl(character))
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                quoted.Append(character);
        }

        return quoted.Append('"').ToString();
    }

    private static string Instant(DateTimeOffset at) => Domain.Canonical.Instant(at);
}
