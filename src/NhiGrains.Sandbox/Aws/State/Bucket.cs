using System.Collections.Immutable;

namespace NhiGrains.Sandbox.Aws.State;

internal sealed record Bucket(string Name, DateTimeOffset Created, ImmutableSortedDictionary<string, StoredObject> Objects)
{
    public static Bucket Empty(string name, DateTimeOffset created) =>
        new(name, created, ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal));
}

internal sealed record StoredObject(ImmutableArray<byte> Content, string ContentType, string ETag, DateTimeOffset Modified);
