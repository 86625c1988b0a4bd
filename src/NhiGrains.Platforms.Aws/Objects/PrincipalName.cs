using System.Text.RegularExpressions;

namespace NhiGrains.Platforms.Aws.Objects;

internal enum PrincipalKind
{
    Role,
    User,
}

/// <summary>A principal as bindings name it: <c>role/app</c> or <c>user/app</c>. Names are unique in an account, whatever their path.</summary>
internal readonly partial record struct PrincipalName(PrincipalKind Kind, string Name)
{
    /// <summary>Null when it cannot be a principal of AWS.</summary>
    public static PrincipalName? TryParse(string text) => text.Split('/') switch
    {
        ["role", var name] when Form().IsMatch(name) => new(PrincipalKind.Role, name),
        ["user", var name] when Form().IsMatch(name) => new(PrincipalKind.User, name),
        _ => null,
    };

    /// <exception cref="PlatformException">With <see cref="PlatformError.Rejected"/>.</exception>
    public static PrincipalName Parse(string text) =>
        TryParse(text) ?? throw new PlatformException(PlatformError.Rejected, "A principal on AWS is 'role/<name>' or 'user/<name>'.");

    public override string ToString() => $"{(Kind == PrincipalKind.Role ? "role" : "user")}/{Name}";

    [GeneratedRegex("^[A-Za-z0-9_+=,.@-]{1,64}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
