using System.Security.Cryptography;

namespace NhiGrains.Sandbox.Aws.State;

/// <summary>Random ids and secrets in the shapes of AWS's own.</summary>
internal static class Ids
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string User => "AIDA" + Random(17);

    public static string Role => "AROA" + Random(17);

    public static string Group => "AGPA" + Random(17);

    public static string Policy => "ANPA" + Random(17);

    public static string AccessKey => "AKIA" + Random(16);

    public static string SessionKey => "ASIA" + Random(16);

    public static string Request => new Guid(RandomNumberGenerator.GetBytes(16)).ToString();

    /// <summary>40 characters.</summary>
    public static string Secret => Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));

    public static string Of(EntityKind kind) => kind switch { EntityKind.User => User, EntityKind.Role => Role, _ => Group };

    private static string Random(int length) => RandomNumberGenerator.GetString(Letters, length);
}
