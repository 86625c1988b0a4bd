using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NhiGrains.Domain.Enforcement;

namespace NhiGrains.Platforms.Gcp.Compiling;

/// <summary>What a binding means, whoever made it.</summary>
/// <param name="At">The name of what has the policy.</param>
/// <param name="Permissions">What the role gives, sorted; null when the role does not exist or may not be read.</param>
/// <param name="Members">Of ours all members; of others' those that the principal is, or may be in.</param>
/// <param name="Condition">The expression; null when there is no condition.</param>
/// <param name="PermissionsDigest">In place of permissions that are too many, so that a change still shows.</param>
internal sealed record BindingBody(
    string At, string Role, IReadOnlyList<string>? Permissions, IReadOnlyList<string> Members, string? Condition, string? PermissionsDigest = null);

/// <summary>A key that somebody made for the account.</summary>
/// <param name="Uploaded">True when somebody made the pair himself; else null.</param>
internal sealed record KeyBody(bool Disabled, string? From, string? Until, bool? Uploaded);

/// <summary>An account that nobody can use.</summary>
internal sealed record AccountBody(bool Disabled);

internal static class Bodies
{
    public const string BindingKind = "Binding";
    public const string KeyKind = "Key";
    public const string AccountKind = "ServiceAccount";

    private const int MaxPermissions = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // It is for people to read, and is not put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Text<T>(T body) => JsonSerializer.Serialize(body, Json);

    /// <summary>A role with thousands of permissions is told by a digest, so that a change still shows.</summary>
    public static BindingBody Given(string at, string role, IReadOnlyList<string>? permissions, IReadOnlyList<string> members, string? condition) =>
        permissions is { Count: > MaxPermissions }
            ? new(at, role, null, members, condition, Domain.Canonical.Digest(permissions))
            : new(at, role, permissions, members, condition);

    /// <exception cref="PlatformException">The object is not one that this connector compiled.</exception>
    public static BindingBody Read(NativeObject from)
    {
        try
        {
            if (from.Kind == BindingKind && JsonSerializer.Deserialize<BindingBody>(from.Body, Json) is { } body)
                return body;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new PlatformException(PlatformError.Rejected, $"The plan for {from.Kind} {from.Key} was not compiled for Google Cloud.");
    }

    /// <summary>A binding is told apart by where it hangs and, when it is ours, by its title, which one key has once.</summary>
    public static string KeyOf(string at, string title) => $"{at} {title}";
}
