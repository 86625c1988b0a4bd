namespace NhiGrains.Cel;

/// <summary>Strings of .NET are UTF-16; CEL's are sequences of code points (Language Definition, <i>String and Bytes Values</i>).</summary>
internal static class CodePoints
{
    public static bool AreValid(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    public static int Count(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        foreach (var c in text)
        {
            if (char.IsLowSurrogate(c))
                count--;
        }

        return count;
    }

    /// <summary>By the numbers of the code points; ordinal comparison of UTF-16 puts U+FFFD behind U+10000.</summary>
    public static int Compare(string left, string right)
    {
        var common = Math.Min(left.Length, right.Length);
        for (var i = 0; i < common; i++)
        {
            var (a, b) = (left[i], right[i]);
            if (a == b)
                continue;
            return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
        }

        return left.Length.CompareTo(right.Length);
    }
}
