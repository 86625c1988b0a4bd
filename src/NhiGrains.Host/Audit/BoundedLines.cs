namespace NhiGrains.Host.Audit;

/// <summary>Reads lines of at most a certain length, so that a file without line breaks cannot fill the memory.</summary>
internal sealed class BoundedLines(TextReader reader, int longest)
{
    private readonly char[] _buffer = new char[16 * 1024];
    private readonly System.Text.StringBuilder _line = new();
    private int _at;
    private int _end;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Null at the end of the file.</summary>
    /// <exception cref="InvalidDataException">The line is too long, or the file ends without a line break.</exception>
    public string? Read()
    {
        _line.Clear();
        while (Fill())
        {
            var rest = _buffer.AsSpan(_at, _end - _at);
            var length = rest.IndexOf('\n');
            _line.Append(length < 0 ? rest : rest[..length]);
            if (_line.Length > longest)
                throw new InvalidDataException($"line {Number + 1} is longer than {longest} characters");
            _at += length < 0 ? rest.Length : length + 1;
            if (length < 0)
                continue;
            Number++;
            return _line.ToString();
        }

        return _line.Length == 0 ? null : throw new InvalidDataException($"line {Number + 1} ends in the middle: the file was cut off");
    }

    private bool Fill()
    {
        if (_at < _end)
            return true;
        (_at, _end) = (0, reader.Read(_buffer, 0, _buffer.Length));
        return _end > 0;
    }
}
