using System.Collections.Concurrent;
using GraphQL.Types;

namespace NhiGrains.GraphQL.Transport.Documents;

/// <summary>
/// Admitted documents by exact text and schema, the schema's instance being its version. Two generations: when the young
/// one is full it becomes the old one and the old one is dropped, so the cache is bounded and never swept.
/// </summary>
internal sealed class DocumentCache(int entriesAGeneration = 500, int charactersAGeneration = 4 * 1024 * 1024)
{
    private readonly Lock _turning = new();
    private volatile Generation _young = new();
    private volatile Generation _old = new();

    public AdmittedDocument? Find(ISchema schema, string text)
    {
        var key = new Key(schema, text);
        if (_young.Entries.TryGetValue(key, out var known))
            return known;
        if (_old.Entries.TryGetValue(key, out known))
            Keep(key, known);
        return known;
    }

    public void Keep(ISchema schema, string text, AdmittedDocument document) => Keep(new Key(schema, text), document);

    private void Keep(Key key, AdmittedDocument document)
    {
        lock (_turning)
        {
            if (!_young.Entries.TryAdd(key, document))
                return;
            _young.Characters += key.Text.Length;
            if (_young.Entries.Count < entriesAGeneration && _young.Characters < charactersAGeneration)
                return;
            _old = _young;
            _young = new Generation();
        }
    }

    private readonly record struct Key(ISchema Schema, string Text);

    private sealed class Generation
    {
        public ConcurrentDictionary<Key, AdmittedDocument> Entries { get; } = [];

        public long Characters { get; set; }
    }
}
