namespace NhiGrains.Host.Policies.Yaml;

/// <summary>A place in a file; both count from 1.</summary>
internal sealed record Position(int Line, int Column)
{
    public static Position Start { get; } = new(1, 1);
}

/// <summary>The part of YAML that a policy set needs: maps, lists and text, each with its place.</summary>
internal abstract record YamlNode(Position At)
{
    public abstract string Is { get; }
}

internal sealed record YamlText(Position At, string Value, bool Quoted) : YamlNode(At)
{
    public override string Is => IsNothing ? "nothing" : $"the text '{Value}'";

    /// <summary>Whether the text in the file is the value, so that places in the one are places in the other.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Where a place in the value (both from 1) is in the file; the text's beginning when that cannot be told.</summary>
    public Position PlaceOf(int line, int column) => IsPlain && line == 1 ? new(At.Line, At.Column + column - 1 + (Quoted ? 1 : 0)) : At;

    /// <summary>A key without a value, or one of YAML's words for none.</summary>
    public bool IsNothing => !Quoted && Value is "" or "~" or "null";
}

internal sealed record YamlList(Position At, IReadOnlyList<YamlNode> Items) : YamlNode(At)
{
    public override string Is => "a list";
}

internal sealed record YamlMap(Position At, IReadOnlyList<YamlEntry> Entries) : YamlNode(At)
{
    public override string Is => "a map";
}

internal sealed record YamlEntry(YamlText Key, YamlNode Value);
