using System.Text.RegularExpressions;

namespace NhiGrains.Sandbox.Aws.Query;

/// <summary>What names may look like, by the API reference: each one class of characters, so none can be slow.</summary>
internal static partial class Shapes
{
    /// <summary>In milliseconds.</summary>
    private const int Bound = 1000;

    [GeneratedRegex(@"^[A-Za-z0-9_+=,.@-]{1,64}\z", RegexOptions.CultureInvariant, Bound)]
    public static partial Regex Name();

    [GeneratedRegex(@"^[A-Za-z0-9_+=,.@-]{1,128}\z", RegexOptions.CultureInvariant, Bound)]
    public static partial Regex LongName();

    [GeneratedRegex(@"^[A-Za-z0-9_+=,.@-]{2,64}\z", RegexOptions.CultureInvariant, Bound)]
    public static partial Regex SessionName();

    [GeneratedRegex(@"^(/|/[\u0021-\u007E]{1,510}/)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Bound)]
    public static partial Regex Path();

    [GeneratedRegex(@"^/[\u0021-\u007E]{0,511}\z", RegexOptions.CultureInvariant, Bound)]
    public static partial Regex PathPrefix();

    [GeneratedRegex(@"^[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]{0,1000}\z", RegexOptions.CultureInvariant, Bound)]
    public static partial Regex Description();

    [GeneratedRegex(@"^[\u0009\u000A\u000D\u0020-\u00FF]{1,131072}\z", RegexOptions.CultureInvariant, Bound)]
    public static partial Regex Document();

    [GeneratedRegex(@"^arn:[\u0021-\u007E]{16,2044}\z", RegexOptions.CultureInvariant, Bound)]
    public static partial Regex Arn();

    [GeneratedRegex(@"^[A-Za-z0-9_]{16,128}\z", RegexOptions.CultureInvariant, Bound)]
    public static partial Regex KeyId();

    [GeneratedRegex(@"^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}\z", RegexOptions.CultureInvariant, Bound)]
    public static partial Regex TagKey();

    [GeneratedRegex(@"^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}\z", RegexOptions.CultureInvariant, Bound)]
    public static partial Regex TagValue();
}
