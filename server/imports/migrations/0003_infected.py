from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_file_is_removed")]

    operations = [
        migrations.AlterField(
            model_name="importrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("reading", "Đang đọc"),
                    ("asking", "Cần chọn cột"),
                    ("preview", "Xem trước"),
                    ("publishing", "Đang nhập"),
                    ("published", "Đã nhập"),
                    ("undoing", "Đang hoàn tác"),
                    ("undone", "Đã hoàn tác"),
                    ("cancelled", "Đã bỏ"),
                    ("failed", "Không đọc được"),
                    ("infected", "Có mã độc"),
                ],
                default="reading",
                max_length=12,
                verbose_name="tình trạng",
            ),
        ),
    ]
