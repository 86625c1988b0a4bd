using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Evidence.Reading;

namespace NhiGrains.Evidence.Keys;

/// <summary>The keys of one issuer at one time.</summary>
internal sealed record KeySet(IReadOnlyList<PublishedKey> Keys)
{
    private const int Most = 100;

    /// <summary>A key id that is there twice is not used: which key it means depends on who reads it.</summary>
    public static Result<KeySet> Read(ReadOnlyMemory<byte> json, IReadOnlyList<string?> uses)
    {
        var root = StrictJson.Object(json);
        if (root.Refusal is { } refusal)
            return refusal;
        if (root.Value.At("keys") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() > Most)
            return EvidenceRefusals.Malformed("it is no set of keys");
        var items = list.EnumerateArray().ToArray();
        var unclear = items.Select(item => item.Text("kid")).GroupBy(id => id, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key).ToHashSet(StringComparer.Ordinal);
        return new KeySet([.. items.Select(item => PublishedKey.Read(item, uses)).OfType<PublishedKey>().Where(key => !unclear.Contains(key.Id))]);
    }

    public bool Knows(string id) => Keys.Any(key => key.Id == id);
}
