using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Postgres.Objects;

namespace NhiGrains.Platforms.Postgres.Compiling;

/// <summary>A membership of the identity's role in a set, with all that the set gives, so that one that was widened shows.</summary>
/// <param name="Gives">Permissions, and what a set must never have: <c>member of x</c>, <c>attribute LOGIN</c>. Sorted.</param>
/// <param name="Admin">Whether it may be handed on; never desired.</param>
internal sealed record SetBody(IReadOnlyList<string> Gives, bool Admin = false);

/// <summary>The membership of the principal in the identity's role.</summary>
internal sealed record LinkBody(string Principal, bool Admin = false);

/// <summary>What somebody else gave.</summary>
/// <param name="Digest">Of everything, in place of what is too long to carry around, so that a change still shows.</param>
internal sealed record GivenBody(IReadOnlyList<string> Gives, bool Admin = false, int? Count = null, string? Digest = null);

internal static class Bodies
{
    /// <summary>So many things are shown one by one.</summary>
    public const int MaxShown = 50;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Text<T>(T body) => JsonSerializer.Serialize(body, Json);

    public static string Given(IEnumerable<string> gives, bool admin = false)
    {
        string[] all = [.. gives.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return Text(all.Length <= MaxShown
            ? new GivenBody(all, admin)
            : new GivenBody(all[..MaxShown], admin, all.Length, Canonical.DigestOfText(string.Join('\n', all))));
    }

    /// <summary>The permission that a wanted set stands for; null for the link.</summary>
    /// <exception cref="PlatformException">The object is not one that this connector compiled.</exception>
    public static Permission? PermissionOf(NativeObject wanted)
    {
        if (!wanted.Key.StartsWith(OwnNames.SetPrefix, StringComparison.Ordinal))
            return null;
        try
        {
            return JsonSerializer.Deserialize<SetBody>(wanted.Body, Json) is { Gives: [var text] } ? Permission.Parse(text) : throw NotOurs(wanted);
        }
        catch (JsonException)
        {
            throw NotOurs(wanted);
        }
    }

    /// <summary>Whether a membership of ours that was observed has ADMIN OPTION.</summary>
    public static bool CanBeHandedOn(NativeObject observed)
    {
        using var body = JsonDocument.Parse(observed.Body);
        return body.RootElement.TryGetProperty("admin", out var admin) && admin.ValueKind == JsonValueKind.True;
    }

    private static PlatformException NotOurs(NativeObject wanted) =>
        new(PlatformError.Rejected, $"The plan for {wanted.Kind} {wanted.Key} was not compiled for PostgreSQL.");
}
