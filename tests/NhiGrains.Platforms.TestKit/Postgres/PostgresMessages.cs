using System.Buffers.Binary;
using System.Text;

namespace NhiGrains.Platforms.TestKit.Postgres;

/// <summary>As much of PostgreSQL's protocol 3.0 as a proxy needs: a type, a length that counts itself, and the rest.</summary>
internal static class PostgresMessages
{
    public const int CancelRequest = 80877102;
    public const int SslRequest = 80877103;
    public const int GssRequest = 80877104;

    private const int Version = 3 << 16;

    /// <summary>No message of a test is longer; a length beyond it means that what comes is no message.</summary>
    private const int Longest = 1 << 26;

    /// <returns>The whole message with its type, or null when the stream ended before it.</returns>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var head = new byte[5];
        if (await stream.ReadAtLeastAsync(head, 5, throwOnEndOfStream: false, cancellation) < 5)
            return null;
        return await RestAsync(stream, head, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) + 1, cancellation);
    }

    /// <summary>The first message of a client has no type.</summary>
    public static async Task<byte[]?> ReadFirstAsync(Stream stream, CancellationToken cancellation)
    {
        var head = new byte[4];
        if (await stream.ReadAtLeastAsync(head, 4, throwOnEndOfStream: false, cancellation) < 4)
            return null;
        return await RestAsync(stream, head, BinaryPrimitives.ReadInt32BigEndian(head), cancellation);
    }

    public static int CodeOf(byte[] first) => first.Length < 8 ? 0 : BinaryPrimitives.ReadInt32BigEndian(first.AsSpan(4));

    /// <summary>The statement of a Query or Parse message; null of any other.</summary>
    public static string? SqlOf(byte[] message) => (char)message[0] switch
    {
        'Q' => TextAt(message, 5),
        'P' => TextAt(message, Array.IndexOf(message, (byte)0, 5) + 1),
        _ => null,
    };

    public static byte[] Startup(params (string Name, string Value)[] parameters)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(parameters.Select(one => $"{one.Name}\0{one.Value}\0")) + "\0");
        var message = new byte[8 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), Version);
        text.CopyTo(message, 8);
        return message;
    }

    /// <summary>The server waits for the next request, outside any transaction.</summary>
    public static byte[] Ready => [(byte)'Z', 0, 0, 0, 5, (byte)'I'];

    /// <summary>An error after which the server closes the connection.</summary>
    public static byte[] Fatal(string state, string text) => Failure("FATAL", state, text);

    /// <summary>An error that ends the request, and the transaction that it is in.</summary>
    public static byte[] Error(string state, string text) => Failure("ERROR", state, text);

    private static byte[] Failure(string severity, string state, string text)
    {
        var body = Encoding.UTF8.GetBytes($"S{severity}\0V{severity}\0C{state}\0M{text}\0\0");
        var message = new byte[5 + body.Length];
        message[0] = (byte)'E';
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + body.Length);
        body.CopyTo(message, 5);
        return message;
    }

    private static async Task<byte[]?> RestAsync(Stream stream, byte[] head, int length, CancellationToken cancellation)
    {
        if (length < head.Length || length > Longest)
            throw new IOException("What came is no message of PostgreSQL's.");
        var message = new byte[length];
        head.CopyTo(message, 0);
        var rest = message.AsMemory(head.Length);
        return await stream.ReadAtLeastAsync(rest, rest.Length, throwOnEndOfStream: false, cancellation) < rest.Length ? null : message;
    }

    private static string TextAt(byte[] message, int start) =>
        Encoding.UTF8.GetString(message, start, Array.IndexOf(message, (byte)0, start) - start);
}
