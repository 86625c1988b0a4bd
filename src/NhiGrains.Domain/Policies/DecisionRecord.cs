using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace NhiGrains.Domain.Policies;

/// <summary>
/// A decision with everything that it depended on besides the set: whoever has the set of that version can make it again, and get the
/// same byte for byte. It goes into the audit.
/// </summary>
public sealed record DecisionRecord(DecisionInput Input, Decision Decision)
{
    /// <summary>The longest canonical text of what a request may ask for, in characters: every record fits into an audit entry.</summary>
    public const int LongestRequest = 200_000;

    // Short ones stay readable; long ones are mostly the same names twice.
    private const int LongestPlain = 4_000;
    private const int LongestUnpacked = 16 * 1024 * 1024;
    private const string Packed = "brotli:";

    // As it was written, and nothing missing that every version had.
    private static readonly JsonSerializerOptions Complete = new(Canonical.Json) { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Require } } };

    /// <summary>The canonical text, or <c>brotli:</c> and its Brotli form (RFC 7932) in Base64.</summary>
    public string Write()
    {
        var text = Canonical.Text(this);
        if (text.Length <= LongestPlain)
            return text;
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            brotli.Write(Encoding.UTF8.GetBytes(text));
        return Packed + Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }

    /// <summary>Null when the text is not what <see cref="Write"/> makes.</summary>
    public static DecisionRecord? Read(string text)
    {
        try
        {
            var json = text.StartsWith(Packed, StringComparison.Ordinal) ? Unpack(text.AsSpan(Packed.Length)) : text;
            return HasNull(json) || JsonSerializer.Deserialize<DecisionRecord>(json, Complete) is not { } record ? null : AsWritten(record, json);
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidDataException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The digest of the input as it was written, which a later version may write in another way; null for a record that was not read.</summary>
    [JsonIgnore]
    public string? WrittenInput { get; private init; }

    /// <summary>Whether the set answers the same to the same; what each platform said is taken as it was told then.</summary>
    /// <param name="version">Under which the set is known, when it was written by another release; null for that of its content.</param>
    public bool Replays(PolicySet set, string? version = null)
    {
        var again = Settlement.OrDenied(PolicyEngine.Decide(set, Input), Decision.Fidelities).Decision;
        return Canonical.Text(Named(again, version ?? set.Version)) == Canonical.Text(Decision);
    }

    private Decision Named(Decision again, string version) => again with
    {
        PolicyVersion = version,
        InputDigest = WrittenInput ?? again.InputDigest,
        Meanwhile = again.Meanwhile is { } meanwhile ? Named(meanwhile, version) : null,
    };

    // Those of the first reading do not say so.
    private static DecisionRecord AsWritten(DecisionRecord record, string json)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        if (!document.RootElement.TryGetProperty("input", out var input))
            return record;
        return record with
        {
            Input = input.TryGetProperty("reading", out _) ? record.Input : record.Input with { Reading = PolicyReading.First },
            WrittenInput = Canonical.DigestOfText(input.GetRawText()),
        };
    }

    // What is null is left out when it is written.
    private static bool HasNull(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Null)
                return true;
        }

        return false;
    }

    private static void Require(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            property.IsRequired |= property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false };
    }

    private static string Unpack(ReadOnlySpan<char> base64)
    {
        using var brotli = new BrotliStream(new MemoryStream(Convert.FromBase64String(base64.ToString())), CompressionMode.Decompress);
        using var text = new MemoryStream();
        var buffer = new byte[81_920];
        for (int read; (read = brotli.Read(buffer)) > 0;)
        {
            text.Write(buffer, 0, read);
            if (text.Length > LongestUnpacked)
                throw new InvalidDataException("The record is longer than any that is written.");
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }
}
