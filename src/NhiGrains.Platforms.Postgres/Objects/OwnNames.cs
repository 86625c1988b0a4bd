using NhiGrains.Domain;

namespace NhiGrains.Platforms.Postgres.Objects;

/// <summary>
/// The names of our roles. Digests, since what they are made of can be longer than a name may be; the comment says it in full.
/// </summary>
internal static class OwnNames
{
    public const string SetPrefix = "nhi_set_";
    public const string IdentityPrefix = "nhi_id_";
    public const string LoginPrefix = "nhi_login_";
    public const string GonePrefix = "nhi_gone_";

    /// <summary>The role that holds one permission for everybody who has it.</summary>
    public static string Set(string platform, Permission permission) => Set(platform, permission.Text);

    public static string Set(string platform, string permission) => SetPrefix + Digest(platform, permission);

    /// <summary>A set that was put aside.</summary>
    public static string Gone(long oid) => GonePrefix + Server.Sql.Number(oid);

    /// <summary>The role of an identity, between its principal and the sets.</summary>
    public static string Identity(string platform, string identityId) => IdentityPrefix + Digest(platform, identityId);

    /// <summary>The role that one grant of an identity logs in as.</summary>
    public static string Login(string platform, string identityId, string grantId) => LoginPrefix + Digest(platform, $"{identityId}/{grantId}");

    public static bool IsOwn(string name) =>
        name.StartsWith(SetPrefix, StringComparison.Ordinal) || name.StartsWith(IdentityPrefix, StringComparison.Ordinal)
        || name.StartsWith(LoginPrefix, StringComparison.Ordinal) || name.StartsWith(GonePrefix, StringComparison.Ordinal);

    private static string Digest(string platform, string what) => Canonical.DigestOfText($"{platform}\n{what}")[..32];
}
