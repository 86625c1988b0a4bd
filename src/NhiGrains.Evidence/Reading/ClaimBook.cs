using System.Globalization;
using System.Text.Json;
using NhiGrains.Domain;

namespace NhiGrains.Evidence.Reading;

/// <summary>
/// What goes on of what was verified: texts, within the bounds of <see cref="Domain.Evidence.VerifiedEvidence"/>. What does not fit is
/// refused and not cut: a rule must not be decided by half of a claim, or by one that is missing.
/// </summary>
internal sealed class ClaimBook(IReadOnlyList<string>? only)
{
    public const int Most = 50;
    public const int Longest = 1000;

    /// <summary>All claims together: they stay in the state of an identity.</summary>
    private const int MostCharacters = 8000;

    // Noise: they change with each token of the same caller, or are nothing that a rule should look at.
    private static readonly HashSet<string> Ignored = new(["exp", "nbf", "iat", "jti", "nonce", "at_hash", "c_hash", "auth_time"], StringComparer.Ordinal);

    private readonly SortedDictionary<string, string> _claims = new(StringComparer.Ordinal);
    private string? _problem;

    public void Add(string name, string? value)
    {
        if (value is null || only?.Contains(name, StringComparer.Ordinal) == false)
            return;
        if (name.Length > 100 || value.Length > Longest)
            _problem ??= $"a claim has more than {Longest} characters, or a name of more than 100";
        else if (name.Length == 0 || HasControls(name) || HasControls(value))
            _problem ??= "a claim has control characters";
        else
            _claims[name] = value;
    }

    /// <summary>A list is its JSON; nothing when it is empty.</summary>
    public void Add(string name, IReadOnlyList<string> values) => Add(name, values.Count == 0 ? null : JsonSerializer.Serialize(values));

    /// <summary>Scalars as text, and lists of scalars as their JSON; what has members of its own is left out.</summary>
    public void AddAll(JsonElement members)
    {
        foreach (var member in members.EnumerateObject().Where(member => !Ignored.Contains(member.Name)))
            Add(member.Name, TextOf(member.Value));
    }

    public Result<IReadOnlyDictionary<string, string>> Close() =>
        (_problem ?? TooMuch()) is { } problem
            ? EvidenceRefusals.Claims(problem)
            : Result<IReadOnlyDictionary<string, string>>.Ok(new Dictionary<string, string>(_claims, StringComparer.Ordinal));

    private string? TooMuch() => _claims.Count > Most ? $"there are more than {Most} claims"
        : _claims.Sum(claim => claim.Key.Length + claim.Value.Length) > MostCharacters ? $"its claims have more than {MostCharacters} characters"
        : null;

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) => JsonSerializer.Serialize(value),
        _ => null,
    };

    private static bool HasControls(string text) => text.Any(character => char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
