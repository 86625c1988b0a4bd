using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NhiGrains.Host.Policies.Yaml;

/// <summary>
/// Reads one YAML document into a tree. What lets a small file stand for a large one (anchors and aliases), what lets a
/// file choose types (tags), and what nobody writes by hand (deep nesting) is refused.
/// </summary>
internal sealed class YamlReader
{
    private const int MaxDepth = 16;
    private const int MaxNodes = 50_000;

    private readonly Parser _parser;
    private readonly PolicyProblems _problems;
    private int _nodes;

    private YamlReader(string text, PolicyProblems problems) =>
        (_parser, _problems) = (new Parser(new StringReader(text)), problems);

    /// <summary>The tree, or null when the text is no such document; then a problem says why.</summary>
    public static YamlNode? Read(string text, PolicyProblems problems)
    {
        try
        {
            return new YamlReader(text, problems).ReadDocument();
        }
        catch (YamlException fault)
        {
            problems.Add(PositionOf(fault.End), $"This is not YAML: {WithoutPosition(fault.Message)}");
            return null;
        }
        catch (NotAllowedException fault)
        {
            problems.Add(fault.At, fault.Message);
            return null;
        }
    }

    private YamlNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            _problems.Add(Position.Start, "The file is empty.");
            return null;
        }

        var root = ReadNode(depth: 0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
            throw new NotAllowedException(PositionOf(second.Start), "A policy file is one document; remove this '---' and what follows.");
        return root;
    }

    private YamlNode ReadNode(int depth)
    {
        var current = _parser.Current ?? throw new YamlException("The document ends too early.");
        var at = PositionOf(current.Start);
        if (depth > MaxDepth)
            throw new NotAllowedException(at, $"This is nested more than {MaxDepth} deep.");
        if (++_nodes > MaxNodes)
            throw new NotAllowedException(at, $"A policy file has at most {MaxNodes} values.");
        RefuseAnchorsAndTags(current, at);
        return current switch
        {
            Scalar => ReadText(),
            SequenceStart => ReadList(at, depth),
            MappingStart => ReadMap(at, depth),
            _ => throw new NotAllowedException(at, "A policy file holds maps, lists and texts only."),
        };
    }

    private static void RefuseAnchorsAndTags(ParsingEvent current, Position at)
    {
        if (current is AnchorAlias || current is NodeEvent { Anchor.IsEmpty: false })
            throw new NotAllowedException(at, "Anchors ('&') and aliases ('*') are not allowed; write it out. A text that starts with one of them is put in quotes.");
        if (current is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
            throw new NotAllowedException(at, "Tags ('!') are not allowed; a text that starts with one is put in quotes.");
    }

    private YamlText ReadText()
    {
        var scalar = _parser.Consume<Scalar>();
        // On one line and without escapes, so as long in the file as it is; block texts begin on the next line, at an indent that the parser keeps to itself.
        var quotes = scalar.Style == ScalarStyle.Plain ? 0 : 2;
        var isPlain = scalar.Style is ScalarStyle.Plain or ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted
            && scalar.Start.Line == scalar.End.Line && scalar.End.Column - scalar.Start.Column == scalar.Value.Length + quotes;
        return new(PositionOf(scalar.Start), scalar.Value, scalar.Style != ScalarStyle.Plain) { IsPlain = isPlain };
    }

    private YamlList ReadList(Position at, int depth)
    {
        _parser.Consume<SequenceStart>();
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        return new(at, items);
    }

    private YamlMap ReadMap(Position at, int depth)
    {
        _parser.Consume<MappingStart>();
        var entries = new List<YamlEntry>();
        var seen = new Dictionary<string, Position>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadNode(depth + 1) is not YamlText key)
                throw new NotAllowedException(PositionOf(_parser.Current?.Start ?? Mark.Empty), "A key is a text.");
            var value = ReadNode(depth + 1);
            // The first one stands, so that what is wrong with it shows in the same run.
            if (seen.TryAdd(key.Value, key.At))
                entries.Add(new(key, value));
            else
                _problems.Add(key.At, $"The key '{key.Value}' is here twice (first in line {seen[key.Value].Line}).");
        }

        return new(at, entries);
    }

    private static Position PositionOf(Mark mark) => new(Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));

    // Some messages begin with '(Line: 1, Col: 2, Idx: 3) - (...): ', which the problem says already.
    private static string WithoutPosition(string message) =>
        message.StartsWith("(Line:", StringComparison.Ordinal) && message.IndexOf("): ", StringComparison.Ordinal) is var end and > 0
            ? message[(end + 3)..]
            : message;

    private sealed class NotAllowedException(Position at, string message) : Exception(message)
    {
        public Position At { get; } = at;
    }
}
