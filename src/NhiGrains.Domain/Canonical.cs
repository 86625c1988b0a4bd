using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NhiGrains.Domain;

/// <summary>
/// The one text form of a value that digests are made of: JSON without white space, members in the order of their
/// declaration, enums by name. Lists whose order means nothing are sorted by the types that hold them.
/// </summary>
public static class Canonical
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Json);

    /// <summary>SHA-256 of the canonical text, in lower-case hexadecimal.</summary>
    public static string Digest<T>(T value) => DigestOf(JsonSerializer.SerializeToUtf8Bytes(value, Json));

    public static string DigestOfText(string text) => DigestOf(Encoding.UTF8.GetBytes(text));

    /// <summary>RFC 3339 in UTC with milliseconds.</summary>
    public static string Instant(DateTimeOffset at) =>
        at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string DigestOf(byte[] utf8) => Convert.ToHexStringLower(SHA256.HashData(utf8));
}
