namespace NhiGrains.Domain.Policies;

/// <summary>The text of a set, in pieces that an audit entry can hold: together they are <see cref="Canonical.Text{T}"/> of the set.</summary>
public static class PolicyContent
{
    /// <summary>Of one piece, in UTF-16 code units.</summary>
    public const int MaxPart = 24_000;

    /// <summary>Of one set. A larger one is refused, so that the audit has every set whole.</summary>
    public const int MaxParts = 200;

    public static Refusal? CheckSize(PolicySet set) => Canonical.Text(set).Length <= MaxPart * MaxParts
        ? null
        : new("POLICY_TOO_LARGE", $"The set's text has more than {MaxPart * MaxParts} characters.", "Say the same in fewer or shorter rules.", "documents");

    /// <summary>In order; a character of two code units is not cut in half.</summary>
    public static IReadOnlyList<string> PartsOf(string text)
    {
        var parts = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(MaxPart, text.Length - at);
            if (at + length < text.Length && char.IsHighSurrogate(text[at + length - 1]))
                length--;
            parts.Add(text.Substring(at, length));
            at += length;
        }

        return parts;
    }
}
