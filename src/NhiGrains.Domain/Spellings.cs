using System.Collections.Concurrent;

namespace NhiGrains.Domain;

/// <summary>How values of enumerations are written in policies, conditions and messages.</summary>
public static class Spellings
{
    private static readonly ConcurrentDictionary<Enum, string> Known = new();

    /// <summary><c>UseCredential</c> is written <c>use-credential</c>.</summary>
    public static string Of(Enum value) => Known.GetOrAdd(value, Write);

    private static string Write(Enum value) => string.Concat(value.ToString().Select((character, index) =>
        char.IsUpper(character) && index > 0 ? $"-{char.ToLowerInvariant(character)}" : char.ToLowerInvariant(character).ToString()));
}
