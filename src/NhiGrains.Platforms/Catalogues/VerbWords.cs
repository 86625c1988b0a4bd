using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Catalogues;

/// <summary>The verbs as catalogue files spell them.</summary>
public static class VerbWords
{
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<Verb>().Select(Of)];

    public static string Of(Verb verb) => verb == Verb.UseCredential ? "use-credential" : verb.ToString().ToLowerInvariant();
}
