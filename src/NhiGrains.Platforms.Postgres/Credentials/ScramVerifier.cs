using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace NhiGrains.Platforms.Postgres.Credentials;

/// <summary>
/// A password as PostgreSQL stores it for SCRAM-SHA-256 (RFC 5802, RFC 7677). The server is sent this and never the password, so that
/// is in no log, no statistics and no replica.
/// </summary>
internal static class ScramVerifier
{
    private const int Iterations = 4_096;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>192 bits in letters, digits, '-' and '_': nothing for SASLprep to change, and nothing to escape in a URI.</summary>
    public static string NewPassword() =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)).Replace('+', '-').Replace('/', '_');

    /// <param name="password">In printable ASCII.</param>
    public static string Of(string password) => Of(password, RandomNumberGenerator.GetBytes(SaltBytes), Iterations);

    public static string Of(string password, byte[] salt, int iterations)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, HashBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return string.Create(CultureInfo.InvariantCulture,
            $"SCRAM-SHA-256${iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}");
    }
}
