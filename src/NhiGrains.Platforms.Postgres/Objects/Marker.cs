using System.Text.Json;
using System.Text.Json.Serialization;

namespace NhiGrains.Platforms.Postgres.Objects;

/// <summary>
/// The ownership marker (promise 6), as the comment on a role: <c>nhigrains {"platform":"pg:shop","kind":"identity",…}</c>.
/// Comments are for everybody to read, and nothing in them is secret.
/// </summary>
/// <param name="Kind">What the role is: one of the constants.</param>
/// <param name="Generations">Of an identity's role: by which generation of the desired state each membership was given.</param>
internal sealed record Marker(
    string Platform,
    string Kind,
    string? Identity = null,
    string? Principal = null,
    string? Permission = null,
    string? Grant = null,
    SortedDictionary<string, long>? Generations = null)
{
    public const string OfPrincipal = "principal";
    public const string OfIdentity = "identity";
    public const string OfSet = "set";
    public const string OfLogin = "login";

    private const string Start = "nhigrains ";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public string ToComment() => Start + JsonSerializer.Serialize(this, Json);

    /// <summary>Null when the comment is not ours, or of another platform: nobody's role becomes ours by half a marker.</summary>
    public static Marker? Of(string? comment, string platform)
    {
        if (comment?.StartsWith(Start, StringComparison.Ordinal) != true)
            return null;
        try
        {
            return JsonSerializer.Deserialize<Marker>(comment.AsSpan(Start.Length), Json) is { } marker && marker.Platform == platform ? marker : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
