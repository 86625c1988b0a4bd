namespace NhiGrains.Cel.Syntax;

/// <summary>The text of an expression as code points, and where its lines begin.</summary>
internal sealed class Source
{
    private readonly List<int> _lineStarts = [0];

    private Source(int[] points)
    {
        Points = points;
        for (var i = 0; i < points.Length; i++)
        {
            var endsLine = points[i] == '\n' || (points[i] == '\r' && (i + 1 == points.Length || points[i + 1] != '\n'));
            if (endsLine)
                _lineStarts.Add(i + 1);
        }
    }

    public int[] Points { get; }

    /// <exception cref="SyntaxFailure">Too long, or half a surrogate pair.</exception>
    public static Source Of(string text, int maxLength)
    {
        // Twice, because a code point takes at most two chars: what is longer needs no look.
        var tooLong = text.Length > 2L * maxLength || CodePoints.Count(text) > maxLength;
        if (tooLong)
            throw new SyntaxFailure(CelIssueKind.TooLong, 0, $"The expression is longer than {maxLength} characters.");
        if (!CodePoints.AreValid(text))
            throw new SyntaxFailure(CelIssueKind.Syntax, 0, "The expression has half a surrogate pair.");
        return new Source([.. text.EnumerateRunes().Select(rune => rune.Value)]);
    }

    /// <summary>Line and column of an offset, both from 1.</summary>
    public (int Line, int Column) Place(int offset)
    {
        var at = _lineStarts.BinarySearch(offset);
        var line = at >= 0 ? at : ~at - 1;
        return (line + 1, offset - _lineStarts[line] + 1);
    }

    public string Text(int from, int to) => string.Concat(Points[from..to].Select(char.ConvertFromUtf32));
}
