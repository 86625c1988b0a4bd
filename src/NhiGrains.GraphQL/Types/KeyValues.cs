namespace NhiGrains.GraphQL.Types;

internal sealed class TagType : Described<KeyValuePair<string, string>>
{
    public TagType()
        : base("Tag", "A name and a value.")
    {
        Show("key", Of.Text, "The name.", tag => tag.Key);
        Show("value", Of.Text, "The value.", tag => tag.Value);
    }

    /// <summary>In the order of their names, so that equal maps answer equally.</summary>
    public static object? List(IReadOnlyDictionary<string, string>? tags) => tags?.OrderBy(tag => tag.Key, StringComparer.Ordinal);
}

internal sealed record TagInput(string Key, string Value);

internal sealed class TagInputType : DescribedInput<TagInput>
{
    public TagInputType()
        : base("TagInput", "A name and a value. Of two with the same name the later one counts.")
    {
        Take("key", Of.Text, "1 to 63 of A-Z, a-z, 0-9, '.', '_' and '-'.");
        Take("value", Of.Text, "At most 256 characters.");
    }

    protected override TagInput Parse(Given given) => new(given.Get<string>("key"), given.Get<string>("value"));

    public static IReadOnlyDictionary<string, string>? Map(IReadOnlyList<TagInput>? tags)
    {
        if (tags is null)
            return null;
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags)
            map[tag.Key] = tag.Value;
        return map;
    }
}
