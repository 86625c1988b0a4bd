using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.Policies;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Access;

/// <summary>
/// Access tokens: they say themselves whose they are and until when, under a seal of the project's, and are kept nowhere. So disabling
/// an account refuses its tokens while it is disabled, and enabling it again revives those that are not over: Google's pitfall.
/// </summary>
internal sealed class AccessTokens(TimeProvider clock, Func<ProjectState> visible)
{
    private const string Prefix = "ya29.sandbox.";

    private readonly byte[] _seal = RandomNumberGenerator.GetBytes(32);

    /// <summary>Opens everything, and never ends.</summary>
    public string Administrator { get; } = Prefix + "admin." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    public string Issue(string member, DateTimeOffset until)
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var plain = string.Create(CultureInfo.InvariantCulture, $"{until.ToUnixTimeMilliseconds()} {nonce} {member}");
        var content = Encode(Encoding.UTF8.GetBytes(plain));
        return $"{Prefix}{content}.{Seal(content)}";
    }

    /// <summary>Whose a token is.</summary>
    /// <exception cref="GoogleError">401: the token is none, is over, or its account is disabled or gone.</exception>
    public Principal Read(string token)
    {
        if (Same(token, Administrator))
            return new($"user:{GcpProject.AdministratorEmail}", IsAdministrator: true);
        var parts = token.Split('.');
        if (parts.Length != 4 || !token.StartsWith(Prefix, StringComparison.Ordinal) || !Same(Seal(parts[2]), parts[3]))
            throw Refused("ACCESS_TOKEN_TYPE_UNSUPPORTED");
        var content = Encoding.UTF8.GetString(Convert.FromBase64String(parts[2].Replace('-', '+').Replace('_', '/'))).Split(' ', 3);
        if (DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(content[0], CultureInfo.InvariantCulture)) <= clock.GetUtcNow())
            throw Refused("ACCESS_TOKEN_EXPIRED");
        var state = visible();
        // A token may be used before the account that it is for is seen here.
        if (Member.AccountOf(content[2], state) is { } account && (account.Disabled || account.DeletedAt is not null))
            throw Refused("ACCOUNT_STATE_INVALID");
        return new(content[2]);
    }

    private static GoogleError Refused(string reason) => GoogleError.Unauthenticated(
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
        reason);

    private string Seal(string content) => Encode(HMACSHA256.HashData(_seal, Encoding.UTF8.GetBytes(content)));

    /// <summary>Base64 without the characters that a header would not carry, and with its padding.</summary>
    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');

    private static bool Same(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
